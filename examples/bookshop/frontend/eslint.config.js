import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import reactHooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default defineConfig(globalIgnores(["coverage/", "dist/"]), eslint.configs.recommended, {
  files: ["**/*.{ts,tsx}"],
  extends: [
    typescript.configs.strictTypeChecked,
    typescript.configs.stylisticTypeChecked,
    reactHooks.configs.flat["recommended-latest"],
  ],
  languageOptions: { parserOptions: { projectService: true } },
  rules: {
    // Numbers read well in a template; `String(n)` around each of them does not.
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
  },
});
