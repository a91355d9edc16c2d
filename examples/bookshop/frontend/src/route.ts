import { useSyncExternalStore } from "react";

const routes = { "#/": "catalogue", "#/checkout": "checkout", "#/report": "report" } as const;

export type Route = (typeof routes)[keyof typeof routes];

/** The screen that the address names; the catalogue where it names none. */
export function parseRoute(hash: string): Route {
  return hash in routes ? routes[hash as keyof typeof routes] : "catalogue";
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => window.location.hash));
}

function subscribe(onChange: () => void) {
  window.addEventListener("hashchange", onChange);
  return () => {
    window.removeEventListener("hashchange", onChange);
  };
}
