// A recording or a film: its waveform to seek in, the cited seconds marked, its words beside it.
export default {
  template: `
    <div class="player">
      <video v-if="film" ref="media" :src="src" playsinline preload="metadata" @timeupdate="tick" @loadedmetadata="ready" @play="playing = true" @pause="playing = false" @click="toggle"></video>
      <audio v-else ref="media" :src="src" preload="metadata" @timeupdate="tick" @loadedmetadata="ready" @play="playing = true" @pause="playing = false"></audio>
      <div class="wave" role="slider" tabindex="0" :aria-label="labels.seek" aria-valuemin="0" :aria-valuemax="Math.round(length)" :aria-valuenow="Math.round(now)" :aria-valuetext="clock(now)"
           @pointerdown="drag" @pointermove="$event.buttons && drag($event)" @keydown.left.prevent="seek(now - 2)" @keydown.right.prevent="seek(now + 2)" @keydown.space.prevent="toggle">
        <svg :viewBox="'0 0 ' + Math.max(bars.length, 1) + ' 100'" preserveAspectRatio="none" aria-hidden="true">
          <rect v-if="marked" class="span" :x="start / length * bars.length" y="0" :width="Math.max((end - start) / length * bars.length, 0.6)" height="100" />
          <rect v-for="(p, i) in bars" class="bar" :class="{past: i / bars.length < now / length}" :x="i + 0.18" :y="50 - Math.max(46 * p, 1.2)" width="0.64" :height="2 * Math.max(46 * p, 1.2)" />
        </svg>
      </div>
      <div class="row">
        <button class="play" type="button" :aria-label="playing ? labels.pause : labels.play" @click="toggle"><svg viewBox="0 0 24 24"><path :d="playing ? 'M7 5h4v14H7zM13 5h4v14h-4z' : 'M8 5v14l11-7z'" /></svg></button>
        <span>{{ clock(now) }} / {{ clock(length) }}</span>
        <button v-if="marked" class="link" type="button" @click="cited">{{ labels.cited }} {{ clock(start) }}–{{ clock(end) }}</button>
      </div>
      <div class="words" v-if="words.length"><button v-for="w in words" type="button" :class="{on: w.on, now: now >= w.start && now < w.end}" @click="seek(w.start, true)"><time>{{ clock(w.start) }}</time><span>{{ w.said }}</span></button></div>
    </div>`,
  props: { src: String, film: Boolean, peaks: String, start: { type: Number, default: 0 }, end: { type: Number, default: 0 }, words: { type: Array, default: () => [] }, labels: Object },
  data: () => ({ now: 0, length: 1, playing: false, bars: [], stopAt: 0 }),
  computed: { marked() { return this.end > this.start && this.end - this.start < this.length - 0.05; } },
  async mounted() {
    this.bars = new Array(120).fill(0.03);
    if (!this.peaks) return;
    try { const waveform = await (await fetch(this.peaks)).json(); if (waveform.peaks?.length) this.bars = waveform.peaks; } catch { /* the picture of the sound is not the sound */ }
  },
  methods: {
    clock(t) { const s = Math.max(0, Math.floor(t)), h = Math.floor(s / 3600), m = String(Math.floor(s / 60) % 60).padStart(2, "0"); return (h ? h + ":" : "") + m + ":" + String(s % 60).padStart(2, "0"); },
    ready() {
      const d = this.$refs.media.duration;
      this.length = Number.isFinite(d) && d > 0 ? d : Math.max(this.end, 1);
      if (this.start) this.seek(this.start);
      // within the list only: the film stays in sight
      const words = this.$el.querySelector(".words"), on = words?.querySelector(".on");
      if (on) words.scrollTop = on.offsetTop - words.clientHeight / 3;
    },
    tick() {
      this.now = this.$refs.media.currentTime;
      if (this.stopAt && this.now >= this.stopAt) { this.$refs.media.pause(); this.stopAt = 0; }
    },
    toggle() { const m = this.$refs.media; if (m.paused) m.play().catch(() => {}); else m.pause(); },
    seek(t, play = false) { const m = this.$refs.media; this.stopAt = 0; m.currentTime = Math.min(Math.max(t, 0), this.length); this.now = m.currentTime; if (play) m.play().catch(() => {}); },
    drag(e) { const box = e.currentTarget.getBoundingClientRect(); this.seek(((e.clientX - box.left) / box.width) * this.length); },
    cited() { this.seek(this.start, true); this.stopAt = this.end; },
  },
};
