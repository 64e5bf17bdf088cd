// A page that turns the phone away: what waits on the phone is sent all the same, and what was not counted stays to be copied.

import { setUp as clipboard } from "../parts/clipboard.js";
import { setUp as counted } from "./counted.js";
import { flush, listen } from "./outbox.js";

const ANSWERS = new Set(["link", "claim"]);

clipboard(document.getElementById("texts").dataset);
counted({}, false);
listen(({ event, outcome }) => {
  if (outcome.state === "sent" && ANSWERS.has(event.kind)) document.getElementById("arrived-notice").hidden = false;
});
void flush();
