// Small things kept on the phone; in memory where the browser refuses (private mode, a full disk, an app's browser).

const memory = new Map();
const disk = open();
let full = false;

/** Whether what is kept outlives this page; a disk that was full once is not trusted again. */
export function lasting() {
  return disk !== null && !full;
}

/** Keeps it; whether it outlives this page. */
export function keep(name, value) {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try {
    disk?.setItem(`lessonlink:${name}`, text);
    return lasting();
  } catch {
    full = true; // The memory has it as long as the page is open.
    return false;
  }
}

export function kept(name) {
  let text = memory.get(name);
  try {
    text = disk?.getItem(`lessonlink:${name}`) ?? text;
    return text === undefined ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function drop(name) {
  memory.delete(name);
  try {
    disk?.removeItem(`lessonlink:${name}`);
  } catch {
    // Then it was not there.
  }
}

/** The names that begin so. */
export function names(prefix) {
  const found = new Set(memory.keys());
  try {
    for (let n = 0; disk && n < disk.length; n += 1) {
      const key = disk.key(n);
      if (key.startsWith("lessonlink:")) found.add(key.slice(11));
    }
  } catch {
    // Only what the memory has.
  }
  return [...found].filter((name) => name.startsWith(prefix));
}

function open() {
  try {
    const storage = window.localStorage;
    storage.setItem("lessonlink:try", "1");
    storage.removeItem("lessonlink:try");
    return storage;
  } catch {
    return null;
  }
}
