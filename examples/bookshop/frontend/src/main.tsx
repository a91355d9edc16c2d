import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createApi } from "./api/client";
import { App } from "./App";
import { readApiOrigin } from "./settings";
import "./app.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");

// `fetch` must be called as the window's own, so it is wrapped rather than handed over.
const api = createApi((url, init) => fetch(url, init), readApiOrigin(window.APP_CONFIG));

createRoot(root).render(
  <StrictMode>
    <App api={api} storage={window.localStorage} today={new Date()} />
  </StrictMode>,
);
