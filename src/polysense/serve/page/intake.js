// What comes with a question: dropped, pasted, chosen, recorded, photographed. Files go to the server at once; the page hears `given`.
const ICONS = {
  clip: "M20 11.5 12.2 19.3a5 5 0 0 1-7-7l8-8a3.4 3.4 0 0 1 4.8 4.8l-8 8a1.7 1.7 0 0 1-2.4-2.4l7.2-7.2",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  lens: "M4 8h3l1.6-2.5h6.8L17 8h3v11H4V8ZM12 16.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Z",
};

export default {
  template: `
    <span class="intake" style="display:contents">
      <input ref="files" type="file" multiple class="only-read" tabindex="-1" aria-hidden="true" @change="chosen" />
      <button class="icon" type="button" :title="words.attach" :aria-label="words.attach" @click="$refs.files.click()"><svg viewBox="0 0 24 24"><path :d="icons.clip" /></svg></button>
      <button class="icon" type="button" :class="{on: recorder}" :title="recorder ? words.stop : words.record" :aria-label="recorder ? words.stop : words.record" @click="record"><svg viewBox="0 0 24 24"><path :d="icons.mic" /></svg></button>
      <button class="icon" type="button" :title="words.photograph" :aria-label="words.photograph" @click="look"><svg viewBox="0 0 24 24"><path :d="icons.lens" /></svg></button>
      <Teleport to="body">
        <div v-if="over" class="veil" @dragover.prevent @drop.prevent="over = false">
          <div class="zone" :class="{over: zone === 'ask'}" @dragover.prevent="zone = 'ask'" @drop.prevent.stop="dropped($event, false)">{{ words.askWith }}</div>
          <div v-if="writable" class="zone" :class="{over: zone === 'add'}" @dragover.prevent="zone = 'add'" @drop.prevent.stop="dropped($event, true)">{{ words.addTo }}</div>
        </div>
        <div v-if="stream" class="lens" role="dialog" :aria-label="words.photograph" @keydown.esc="unlook" tabindex="-1" ref="lens">
          <video ref="video" autoplay playsinline muted></video>
          <div class="row"><button class="send" type="button" @click="shoot">{{ words.take }}</button><button class="button" type="button" @click="unlook">{{ words.cancel }}</button></div>
        </div>
      </Teleport>
    </span>`,
  props: { words: Object, writable: Boolean, to: String, library: String },
  emits: ["given", "added", "trouble"],
  data: () => ({ icons: ICONS, over: false, zone: "", recorder: null, stream: null, depth: 0 }),
  mounted() {
    this.listeners = {
      paste: (e) => {
        const files = [...(e.clipboardData?.files ?? [])];
        if (files.length) { e.preventDefault(); this.send(files); }
      },
      dragenter: (e) => { if (e.dataTransfer?.types.includes("Files")) { this.depth++; this.over = true; } },
      dragleave: () => { if (--this.depth <= 0) { this.depth = 0; this.over = false; } },
      dragover: (e) => e.preventDefault(),
      drop: (e) => { e.preventDefault(); this.depth = 0; this.over = false; },
    };
    for (const [name, heard] of Object.entries(this.listeners)) window.addEventListener(name, heard);
  },
  unmounted() {
    for (const [name, heard] of Object.entries(this.listeners)) window.removeEventListener(name, heard);
    this.unlook();
  },
  methods: {
    chosen(e) { this.send([...e.target.files]); e.target.value = ""; },
    async dropped(e, add) {
      this.depth = 0; this.over = false;
      const { walk, upload } = await import("/page/static/files.js");
      const files = await walk(e.dataTransfer);
      if (!add) return this.send(files.map((f) => f.file));
      try { await upload(this.library, files); this.$emit("added", files.length); } catch (error) { this.$emit("trouble", error.message); }
    },
    async send(files) {
      for (const file of files) {
        const form = new FormData();
        form.append("file", file, file.name || "pasted");
        try {
          const answer = await fetch(this.to, { method: "POST", body: form });
          const body = await answer.json();
          if (answer.ok) this.$emit("given", body); else this.$emit("trouble", [body.detail, body.hint].filter(Boolean).join(" "));
        } catch (error) { this.$emit("trouble", String(error)); }
      }
    },
    async record() {
      if (this.recorder) { this.recorder.stop(); return; }
      try {
        const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
        const pieces = [], recorder = new MediaRecorder(sound);
        recorder.ondataavailable = (e) => pieces.push(e.data);
        recorder.onstop = () => {
          sound.getTracks().forEach((t) => t.stop());
          this.recorder = null;
          const ending = recorder.mimeType.includes("mp4") ? "m4a" : "webm";
          this.send([new File(pieces, `recording.${ending}`, { type: recorder.mimeType })]);
        };
        recorder.start();
        this.recorder = recorder;
      } catch (error) { this.$emit("trouble", this.words.noMic); }
    },
    async look() {
      try {
        this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
        await this.$nextTick();
        this.$refs.video.srcObject = this.stream;
        this.$refs.lens.focus();
      } catch (error) { this.$emit("trouble", this.words.noLens); }
    },
    shoot() {
      const video = this.$refs.video, canvas = document.createElement("canvas");
      canvas.width = video.videoWidth; canvas.height = video.videoHeight;
      canvas.getContext("2d").drawImage(video, 0, 0);
      canvas.toBlob((blob) => { this.unlook(); this.send([new File([blob], "photo.jpg", { type: "image/jpeg" })]); }, "image/jpeg", 0.92);
    },
    unlook() { this.stream?.getTracks().forEach((t) => t.stop()); this.stream = null; },
  },
};
