import pytest

from cicd.frontend.findings import Finding, parse_findings
from cicd.frontend.output import last_telling_lines

TS2322 = "TS2322: Type 'string' is not assignable to type 'number'."
TSC = f"src/my page.ts(1,7): error {TS2322}\n"
TSC_PRETTY = (
    "\x1b[96msrc/bad.ts\x1b[0m:\x1b[93m1\x1b[0m:\x1b[93m7\x1b[0m - \x1b[91merror\x1b[0m"
    f"\x1b[90m TS2322: \x1b[0m{TS2322.removeprefix('TS2322: ')}\n\nFound 1 error in src/bad.ts:1\n"
)
ESLINT = """
/repo/web/src/bad.js
  1:7   error    'y' is assigned a value but never used  no-unused-vars
  1:14  warning  'zz' is not defined                     no-undef

/repo/web/src/worse.js
  1:7  error  Parsing error: Unexpected token =

✖ 3 problems (2 errors, 1 warning)
"""
PRETTIER = """Checking formatting...
[warn] src/pages/[id].tsx
[error] src/worse.js: SyntaxError: Unexpected token (1:7)
[error] > 1 | const = ;
[warn] Code style issues found in 2 files. Run Prettier with --write to fix.
"""
BIOME = """src/bad.js:1:7 lint/correctness/noUnusedVariables  FIXABLE  ━━━━━━━━━━

  ! This variable y is unused.
\x20\x20
  > 1 │ const y = 1; zz;

src/bad.ts:2:1 lint/suspicious/noDebugger ━━━━━━━━━━

  × This is an unexpected use of the debugger statement.

src/bad.ts format ━━━━━━━━━━

  × Formatter would have printed the following content:
"""
VITE = """vite v6.4.6 building for production...
✗ Build failed in 31ms
error during build:
[vite:build-html] Transform failed with 1 error:
/repo/web/src/main.ts:1:10: ERROR: Unexpected ";"
file: /repo/web/src/main.ts:1:10 (/repo/web/index.html)
    at failureErrorWithLog (/repo/web/node_modules/esbuild/lib/main.js:1467:15)
"""
ROLLUP = """error during build:
src/main.ts (1:8): "a" is not exported by "src/b.ts", imported by "src/main.ts".
file: /repo/web/src/main.ts:1:8
"""
MISSING = 'error during build:\nCould not resolve "./missing" from "src/main.ts"\n'
ESBUILD = '✘ [ERROR] Unexpected ";"\n\n    src/main.ts:1:10:\n      1 │ const x = ;\n\n1 error\n'
NEXT = "Failed to compile.\n\n./src/app/page.tsx:3:5\nType error: Cannot find name 'x'.\n"


@pytest.mark.parametrize(
    ("output", "findings"),
    [
        (TSC, [Finding("src/my page.ts", 1, TS2322)]),
        (TSC_PRETTY, [Finding("src/bad.ts", 1, TS2322)]),
        (
            ESLINT,
            [
                Finding(
                    "/repo/web/src/bad.js",
                    1,
                    "'y' is assigned a value but never used (no-unused-vars)",
                ),
                Finding("/repo/web/src/bad.js", 1, "'zz' is not defined (no-undef)", False),
                Finding("/repo/web/src/worse.js", 1, "Parsing error: Unexpected token ="),
            ],
        ),
        (
            PRETTIER,
            [
                Finding("src/pages/[id].tsx", None, "is not formatted"),
                Finding("src/worse.js", 1, "SyntaxError: Unexpected token"),
            ],
        ),
        (
            BIOME,
            [
                Finding("src/bad.js", 1, "This variable y is unused.", False),
                Finding("src/bad.ts", 2, "This is an unexpected use of the debugger statement."),
                Finding("src/bad.ts", None, "is not formatted"),
            ],
        ),
        (VITE, [Finding("/repo/web/src/main.ts", 1, 'Unexpected ";"')]),
        (
            ROLLUP,
            [
                Finding(
                    "src/main.ts",
                    1,
                    '"a" is not exported by "src/b.ts", imported by "src/main.ts".',
                )
            ],
        ),
        (MISSING, [Finding("src/main.ts", None, MISSING.splitlines()[1])]),
        (ESBUILD, [Finding("src/main.ts", 1, 'Unexpected ";"')]),
        (NEXT, [Finding("src/app/page.tsx", 3, "Type error: Cannot find name 'x'.")]),
        ("> web@1.0.0 lint\n> eslint .\n\nOops: no such file src/x.js\n", []),
    ],
    ids="tsc pretty eslint prettier biome vite rollup missing esbuild next none".split(),
)
def test_a_complaint_has_its_file_and_line(output: str, findings: list[Finding]) -> None:
    assert list(parse_findings(output)) == findings


def test_the_last_lines_are_those_of_the_tool() -> None:
    output = "\x1b[31mboom\x1b[0m\n\nat line 3\nnpm error code 2\nnpm error A complete log of …\n"
    assert last_telling_lines(output) == "boom\nat line 3"
