import { render } from "preact";
import { App } from "./app.js";
import "./style/colors.css";
import "./style/page.css";

const place = document.getElementById("app");
if (place === null) throw new Error("the page has no element #app");
render(<App />, place);
