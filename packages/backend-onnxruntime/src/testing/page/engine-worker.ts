import "../../web/worker.js";
