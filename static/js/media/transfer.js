// Sends files in pieces (tus), a few at a time; goes on after a lost connection, a reload and a restart of the server.

import tus from "../../vendor/tus/tus.min.mjs";
import { words } from "./form.js";

// The portal's own words for why it does not take a file.
export class Refused extends Error {}

const PIECE = 8 * 1024 * 1024;
const DELAYS = [0, 1000, 2000, 4000, 8000, 15000, 30000, 60000, 60000, 60000];
// A phone's line is narrow, and the portal prepares two at a time.
const AT_ONCE = 2;
const waiting = [];
let running = 0;

// `progressed` is told the share that was sent, `waits` whether there is no connection. `signal` cancels: an AbortError.
export async function transfer(file, { progressed, waits, signal }) {
  await turn(signal);
  try {
    const upload = await send(file, { progressed, waits, signal });
    progressed(1);
    const stored = await finish(upload, signal);
    await forget(upload);
    return stored;
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

async function turn(signal) {
  if (running >= AT_ONCE) await new Promise((go) => waiting.push(go));
  running += 1;
  if (signal.aborted) {
    running -= 1;
    waiting.shift()?.();
    throw signal.reason;
  }
}

function send(file, { progressed, waits, signal }) {
  return new Promise((resolve, reject) => {
    const upload = new tus.Upload(file, {
      endpoint: words.uploads,
      chunkSize: PIECE,
      retryDelays: DELAYS,
      headers: { Accept: "application/json" },
      metadata: { filename: file.name, filetype: file.type, purpose: "media" },
      fingerprint: async () => `lessonlink ${words.uploads} ${file.name} ${file.size} ${file.lastModified}`,
      onProgress: (sent, all) => {
        waits(false);
        progressed(sent / all);
      },
      onShouldRetry: (error) => {
        waits(!error.originalResponse);
        return temporary(error.originalResponse?.getStatus());
      },
      onSuccess: () => {
        stop();
        resolve(upload);
      },
      onError: (error) => {
        stop();
        reject(refusal(error) ?? error);
      },
    });
    // Back on the line: do not wait for the next try.
    const online = () => {
      void upload.abort().then(() => upload.start());
    };
    const cancel = () => {
      stop();
      void upload.abort(true).catch(() => {});
      void forget(upload);
      reject(signal.reason);
    };
    const stop = () => {
      removeEventListener("online", online);
      signal.removeEventListener("abort", cancel);
    };
    addEventListener("online", online);
    signal.addEventListener("abort", cancel);
    void upload.findPreviousUploads().then((previous) => {
      if (previous.length) upload.resumeFromPreviousUpload(previous[0]);
      upload.start();
    });
  });
}

// No answer, a piece that was not where it should be, or a server that is being restarted; not a full disk.
function temporary(status = 0) {
  return status === 0 || status === 409 || status === 423 || (status >= 500 && status !== 507);
}

function refusal(error) {
  try {
    return new Refused(JSON.parse(error.originalResponse.getBody()).error.message);
  } catch {
    return null;
  }
}

// What the server makes of a complete file; asking twice is asking once.
async function finish(upload, signal) {
  for (const delay of [1000, 3000, 9000, null]) {
    try {
      const answer = await fetch(`${upload.url}/media`, {
        method: "POST",
        headers: { Accept: "application/json" },
        signal,
      });
      const told = await answer.json();
      if (answer.ok) return told;
      if (answer.status === 422 || answer.status === 404) await forget(upload);
      throw new Refused(told.error.message);
    } catch (error) {
      if (error instanceof Refused || signal.aborted || delay === null) throw error;
    }
    await new Promise((go) => setTimeout(go, delay));
  }
}

async function forget(upload) {
  for (const each of await upload.findPreviousUploads())
    await tus.defaultOptions.urlStorage.removeUpload(each.urlStorageKey);
}

// Names of files of this course that were cut off on this device, as by a reload.
export async function interrupted() {
  const known = await tus.defaultOptions.urlStorage.findAllUploads();
  const day = 24 * 60 * 60 * 1000;
  return known
    .filter(
      (each) =>
        new URL(each.uploadUrl, location).pathname.startsWith(`${words.uploads}/`) &&
        Date.now() - Date.parse(each.creationTime) < day,
    )
    .map((each) => each.metadata.filename);
}
