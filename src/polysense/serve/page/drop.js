// The place to drop files and folders for the library, with how far they are.
import { walk, upload } from "/page/static/files.js";

export default {
  template: `
    <div class="drop" :class="{over}" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent.stop="dropped">
      <input ref="files" type="file" multiple class="only-read" tabindex="-1" aria-hidden="true" @change="chosen" />
      <input ref="folder" type="file" webkitdirectory class="only-read" tabindex="-1" aria-hidden="true" @change="chosen" />
      <div>{{ total ? words.sending + " " + done + " / " + total : words.drop }}</div>
      <div class="buttons"><button class="button" type="button" @click="$refs.files.click()">{{ words.files }}</button><button class="button" type="button" @click="$refs.folder.click()">{{ words.folder }}</button></div>
    </div>`,
  props: { words: Object, library: String },
  emits: ["added", "trouble"],
  data: () => ({ over: false, done: 0, total: 0 }),
  methods: {
    async dropped(e) { this.over = false; this.send(await walk(e.dataTransfer)); },
    chosen(e) {
      this.send([...e.target.files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
      e.target.value = "";
    },
    async send(files) {
      if (!files.length) return;
      this.done = 0; this.total = files.length;
      try {
        await upload(this.library, files, (done) => (this.done = done));
        this.$emit("added", files.length);
      } catch (error) { this.$emit("trouble", error.message); }
      this.total = 0;
    },
  },
};
