// A 3D model that turns; the part that is meant is lit, the rest steps back.
import { THREE, GLTFLoader, OrbitControls } from "nicegui-scene";

export default {
  template: `<div class="model" role="img" :aria-label="label"></div>`,
  props: { src: String, part: String, label: String },
  mounted() { this.show().catch((error) => { this.$el.textContent = error.message; }); },
  unmounted() { this.gone = true; this.observer?.disconnect(); this.controls?.dispose(); this.renderer?.dispose(); },
  methods: {
    async show() {
      const renderer = (this.renderer = new THREE.WebGLRenderer({ antialias: true, alpha: true }));
      renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
      this.$el.append(renderer.domElement);
      const scene = new THREE.Scene(), camera = new THREE.PerspectiveCamera(35, 1, 0.01, 100);
      scene.add(new THREE.HemisphereLight(0xffffff, 0x8a8f98, 2.2));
      const sun = new THREE.DirectionalLight(0xffffff, 2.4); sun.position.set(-2, 3, 4); scene.add(sun);
      const model = (await new GLTFLoader().loadAsync(this.src)).scene;
      const box = new THREE.Box3().setFromObject(model), size = box.getSize(new THREE.Vector3()).length() || 1;
      model.position.sub(box.getCenter(new THREE.Vector3()));
      const group = new THREE.Group(); group.add(model); group.scale.setScalar(2 / size); scene.add(group);
      this.light(model);
      camera.position.set(0, 0.7, 3.1);
      const controls = (this.controls = new OrbitControls(camera, renderer.domElement));
      controls.autoRotate = !matchMedia("(prefers-reduced-motion: reduce)").matches;
      controls.autoRotateSpeed = 1.6; controls.enableDamping = true; controls.enablePan = false;
      controls.addEventListener("start", () => { controls.autoRotate = false; });
      const fit = () => { const { clientWidth: w, clientHeight: h } = this.$el; if (w && h) { renderer.setSize(w, h, false); camera.aspect = w / h; camera.updateProjectionMatrix(); } };
      this.observer = new ResizeObserver(fit); this.observer.observe(this.$el); fit();
      this.$el.dataset.shown = "yes";
      const draw = () => { if (this.gone) return; controls.update(); renderer.render(scene, camera); requestAnimationFrame(draw); };
      draw();
    },
    light(model) {
      const target = this.part && this.findNode(model, this.part);
      model.traverse((node) => {
        if (!node.isMesh) return;
        node.material = node.material.clone();
        if (!node.geometry.attributes.normal) node.geometry.computeVertexNormals();
        if (!target) return;
        let inside = false;
        node.traverseAncestors((a) => { inside ||= a === target; });
        if (inside || node === target) { node.material.emissive = new THREE.Color(0xc88a00); node.material.emissiveIntensity = 0.55; this.$el.dataset.lit = this.part; }
        else { node.material.transparent = true; node.material.opacity = 0.28; node.material.depthWrite = false; }
      });
    },
    findNode(model, name) {
      const plain = (s) => s.replace(/[\s.:/[\]]/g, "").replaceAll("_", "").toLowerCase();  // three.js cleans names of nodes
      let hit = null;
      model.traverse((node) => { if (!hit && node.name && (plain(node.name) === plain(name) || plain(node.userData?.name ?? "") === plain(name))) hit = node; });
      return hit;
    },
  },
};
