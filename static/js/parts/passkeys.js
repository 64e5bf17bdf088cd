// Forms that ask a device for a passkey, and show themselves only where it can be asked:
// <form data-passkey="create" or "get" data-challenge="where what is asked comes from" hidden> with a field `credential`
// for what the device answers, and an element with data-problem data-cancelled="…" … for what goes wrong.

const known = Boolean(window.PublicKeyCredential && navigator.credentials);
for (const note of document.querySelectorAll("[data-no-passkeys]")) note.hidden = known;
if (known) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
}

async function ask(form) {
  const button = form.querySelector("button");
  say(form, "");
  button.disabled = true;
  try {
    const options = await challenge(form);
    if (!options) return;
    const answer = await (form.dataset.passkey === "create" ? create(options) : get(options));
    form.elements.credential.value = JSON.stringify(answer);
    // The challenge was given for the password, which need not go a second time.
    if (form.elements.old) form.elements.old.value = "";
    form.submit();
  } catch (error) {
    say(form, reason(form, error));
  } finally {
    button.disabled = false;
  }
}

/** What to ask the device; null where the server has said why not, or the way in is over. */
async function challenge(form) {
  const answer = await fetch(form.dataset.challenge, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
  if (answer.ok) return answer.json();
  if (answer.status === 401) {
    location.reload(); // leads to the sign-in
    return null;
  }
  const { error } = await answer.json();
  say(form, Object.values(error.fields ?? {})[0] ?? error.message);
  return null;
}

async function create({ challenge, user, excludeCredentials, ...more }) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...more,
      challenge: bytes(challenge),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: excludeCredentials.map(described),
    },
  });
  return written(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get({ challenge, allowCredentials, ...more }) {
  const used = await navigator.credentials.get({
    publicKey: { ...more, challenge: bytes(challenge), allowCredentials: allowCredentials.map(described) },
  });
  const { authenticatorData, signature, userHandle } = used.response;
  return written(used, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : undefined,
  });
}

function described(credential) {
  return { ...credential, id: bytes(credential.id) };
}

/** As PublicKeyCredential.toJSON() has it, which browsers know since 2025 only. */
function written(credential, response) {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  };
}

function bytes(base64url) {
  const letters = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function reason(form, error) {
  const { cancelled, there, elsewhere, failed } = form.querySelector("[data-problem]").dataset;
  return { NotAllowedError: cancelled, InvalidStateError: there, SecurityError: elsewhere }[error.name] ?? failed;
}

function say(form, words) {
  const place = form.querySelector("[data-problem]");
  place.textContent = words;
  place.hidden = !words;
}
