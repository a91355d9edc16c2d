'use strict';
// Whether what a Node process starts is watched as well: see `cicd_reads.cjs`.

const fs = require('fs');
const path = require('path');

const open = fs.openSync, read = fs.readSync, close = fs.closeSync, realpath = fs.realpathSync;
const access = fs.accessSync;
const MANAGERS = /\/(npm-cli\.js|npx-cli\.js|pnpm\.[cm]?js|pnpx\.[cm]?js|yarn(-[\d.]+)?\.[cm]?js|yarn|corepack\.js|npm|npx|pnpm)$/;
const SHELLS = /^(sh|bash|dash|zsh|ash)$/;
// What a shell does itself, and what only makes, moves and removes.
const HARMLESS = new Set(('cd echo printf true false : test [ export set unset exit wait sleep '
  + 'rm mkdir rmdir mv touch chmod').split(' '));
// Programs that ask about the machine, which the key knows.
const ASKING = new Set('uname getconf ldd watchman'.split(' '));
// A command under options of Node that leave ours out.
const DEAF = 'NODE_OPTIONS';
const BEFORE = new Set('exec env command time nice cross-env cross-env-shell dotenv'.split(' '));

function isManager(script) {
  if (!script) return false;
  try { script = realpath(script); } catch { /* as it is */ }
  return MANAGERS.test(script) && !/\/node_modules\/\.bin\//.test(script);
}

// The programs that this starts and nobody sees: none for a Node that is watched.
function unwatched(file, words, env) {
  const name = path.basename(file);
  if (SHELLS.test(name) && /^-\w*c$/.test(words[0] || '')) {
    return commands(words[1] || '').flatMap((one) => unwatchedWord(one, env));
  }
  return unwatchedWord(file, env);
}

function unwatchedWord(word, env) {
  if (word === DEAF) return [word];
  if (HARMLESS.has(word) || ASKING.has(path.basename(word))) return [];
  if (path.basename(word) === 'find' && /node_modules\/jest-haste-map\//.test(new Error().stack)) return [];
  const found = locate(word, env);
  const watched = (env.NODE_OPTIONS || '').includes('cicd_reads.cjs') && env.CICD_READS;
  if (!found) return [word];
  if (found.includes('/node_modules/')) return watched ? [] : [found];
  return watched && isNode(found) ? [] : [found];
}

function locate(word, env) {
  if (word.includes('/')) return path.resolve(word);
  for (const folder of (env.PATH || '').split(':')) {
    const name = path.resolve(folder, word);
    try { access(name, fs.constants.X_OK); return name; } catch { /* the next one */ }
  }
  return '';
}

function isNode(name) {
  try {
    const target = realpath(name);
    if (target === realpath(process.execPath) || path.basename(target) === 'node') return true;
    const first = head(target).split('\n').slice(0, 1)[0];
    return first.startsWith('#!') && /\bnode\b/.test(first);
  } catch {
    return false;
  }
}

function head(name) {
  const file = open(name, 'r');
  try {
    const bytes = Buffer.alloc(200);
    return bytes.toString('latin1', 0, read(file, bytes, 0, 200, 0));
  } finally {
    close(file);
  }
}

// The first word of each command of a shell's script; what is quoted is no command.
function commands(script) {
  const plain = script.replace(/\\./g, '_').replace(/'[^']*'/g, (text) => text.replace(/[^']/g, '_'));
  if (/`|\$\(|<\(/.test(plain)) return ['sh'];
  const bare = plain.replace(/"[^"]*"/g, (text) => text.replace(/[\s;&|()]/g, '_'));
  const set = /\bNODE_OPTIONS=(\S*)/.exec(script);
  const found = set && !/\$\{?NODE_OPTIONS/.test(script.slice(set.index)) ? [DEAF] : [];
  for (const one of bare.split(/&&|\|\||[;&|\n()]/)) {
    const words = one.trim().split(/\s+/).filter(Boolean).map((word) => word.replace(/^["']|["']$/g, ''));
    while (words.length && (/^\w+=/.test(words[0]) || BEFORE.has(words[0]))) words.shift();
    if (words.length && !/^\d*[<>]/.test(words[0])) found.push(words[0]);
  }
  return found;
}

// Runners list folders to find tests; what they find they read as well.
function looksForTests(stack) {
  const lines = (stack || '').split('\n').filter((line) => !/cicd_reads\.cjs|node:/.test(line)).slice(1);
  const first = lines.find((line) => line.includes('/')) || '';
  return /node_modules\/(jest-|@jest\/|vitest\/|@vitest\/|vite\/|fast-glob|@nodelib\/|tinyglobby|fdir|glob\/|readdirp|chokidar)/.test(first)
    || first === '';
}

module.exports = { DEAF, isManager, unwatched, looksForTests };
