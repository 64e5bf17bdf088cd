// The way out of another app's browser, on a page of its own.

import { setUp as clipboard } from "../parts/clipboard.js";

clipboard(document.getElementById("texts").dataset);
