/* One concern a file. Each is a scope of its own, for in the bundle they stand behind one another. */
import "./notices.js";
import "./menus.js";
import "./focus.js";
import "./late.js";
import "./terms.js";
import "./times.js";
