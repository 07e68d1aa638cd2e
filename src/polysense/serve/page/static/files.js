// Files from a drop, with the folders they lay in; and their way to the library.
export async function walk(transfer) {
  const entries = [...transfer.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
  const items = [];
  const into = async (entry, folder) => {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      items.push({ file, path: folder + file.name });
    } else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((done, failed) => reader.readEntries(done, failed));
        if (!some.length) break;
        for (const child of some) await into(child, `${folder}${entry.name}/`);
      }
    }
  };
  for (const entry of entries) await into(entry, "");
  return items.length ? items : [...transfer.files].map((file) => ({ file, path: file.name }));
}

export async function upload(library, files, progress = () => {}) {
  let done = 0;
  const queue = [...files];
  const one = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (next.file.size) {
        const path = next.path.split("/").map(encodeURIComponent).join("/");
        const answer = await fetch(`/api/libraries/${library}/files/${path}`, { method: "PUT", body: next.file });
        if (!answer.ok) {
          const problem = await answer.json().catch(() => ({}));
          throw new Error(`${next.path}: ${problem.detail ?? answer.status}`);
        }
      }
      progress(++done, files.length);
    }
  };
  await Promise.all([one(), one(), one()]);
}
