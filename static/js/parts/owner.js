// What somebody has typed and not saved is theirs: it goes when somebody else signs in with this browser.

import { drop, keep, kept, names } from "./kept.js";

const person = document.documentElement.dataset.person;
const before = kept("person");
if (before !== person) {
  if (before !== null) for (const name of names("draft:")) drop(name);
  keep("person", person);
}
