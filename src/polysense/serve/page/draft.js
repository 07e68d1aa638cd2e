// What stands in the box is kept in this tab, whatever happens to the connection or the server: a reload takes nothing of it.
export default {
  template: `<span hidden></span>`,
  props: { name: String, question: String, state: Object },
  emits: ["restored"],
  mounted() {
    this.key = `polysense-box-${this.name}`;
    this.field = document.querySelector("#question");
    this.search = location.search;
    let draft = null;
    try { draft = JSON.parse(sessionStorage.getItem(this.key)); } catch { /* what is no draft is none */ }
    const plain = !/[?&](q|to|again|asset|with|kind|folder|name|after|before)=/.test(location.search);
    const unsent = draft && draft.words !== (new URLSearchParams(draft.search).get("q") ?? "");
    const fits = draft && (draft.search === location.search || (plain && unsent));
    this.field.value = fits ? draft.words : this.question;
    if (fits) this.$emit("restored", draft.state);
    this.typed = () => this.save();
    this.moved = () => { if (location.search !== this.search) location.reload(); };
    this.field.addEventListener("input", this.typed);
    window.addEventListener("popstate", this.moved);
  },
  unmounted() {
    this.field?.removeEventListener("input", this.typed);
    window.removeEventListener("popstate", this.moved);
  },
  watch: {
    state(now) {
      if (now.address && now.address !== location.pathname + location.search) history.pushState({}, "", now.address);
      this.save();
    },
  },
  methods: {
    save() {
      this.search = location.search;
      const { address, ...state } = this.state;
      try { sessionStorage.setItem(this.key, JSON.stringify({ search: this.search, words: this.field.value, state })); } catch { /* a tab that may keep nothing */ }
    },
  },
};
