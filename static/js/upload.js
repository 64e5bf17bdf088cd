// Sends one file and tells how far it is; fetch cannot tell.

export class Refused extends Error {}

// Resolves with what the portal stored; rejects with Refused and the portal's words, or with an Error of the network.
export function upload(address, file, progressed) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, file.name);
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progressed(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status < 300 && request.response) resolve(request.response);
      else reject(request.response?.error ? new Refused(request.response.error.message) : new Error(`${request.status}`));
    });
    request.addEventListener("error", () => reject(new Error("network")));
    request.send(form);
  });
}

// At most two at a time: a phone's line is narrow, and the portal prepares two at a time.
const waiting = [];
let running = 0;

export function queued(work) {
  return new Promise((resolve, reject) => {
    waiting.push(() => work().then(resolve, reject));
    next();
  });
}

function next() {
  if (running >= 2 || !waiting.length) return;
  running += 1;
  waiting.shift()().finally(() => { running -= 1; next(); });
}
