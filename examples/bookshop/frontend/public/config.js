// The settings of development: none. In the image, nginx/config.js.template takes this file's place.
globalThis.APP_CONFIG = {};
