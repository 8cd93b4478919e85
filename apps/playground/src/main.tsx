import { render } from "preact";
import { App } from "./app.js";
import { keepForOffline } from "./offline.js";
import "./style/colors.css";
import "./style/base.css";
import "./style/setup.css";
import "./style/training.css";
import "./style/windows.css";

const place = document.getElementById("app");
if (place === null) throw new Error("the page has no element #app");
render(<App />, place);
// Once the page has what it needs for itself.
addEventListener("load", () => setTimeout(() => void keepForOffline(), 2000));
