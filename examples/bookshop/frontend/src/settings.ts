declare global {
  interface Window {
    /** Set by /config.js, which is written when the frontend starts and not when it is built. */
    APP_CONFIG?: { apiUrl?: string };
  }
}

/** The origin of the API without a slash at its end; empty where it is the page's own. */
export function readApiOrigin(settings: Window["APP_CONFIG"]): string {
  return (settings?.apiUrl ?? "").replace(/\/+$/, "");
}
