// The instructor's preview swipes as the student's page does.

import { setUp } from "./carousel.js";

void setUp();
