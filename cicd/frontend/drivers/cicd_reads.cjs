'use strict';
// Notes what a Node process reads, lists, starts and connects to, while tests run.
//
// NODE_OPTIONS=--require loads it into every Node of a run, workers too, before all else. It
// judges nothing and changes nothing: each function does what it did. `cicd_watcher.py` is the
// same for Python, and writes the same notes.

const fs = require('fs');
const path = require('path');
const { isMainThread } = require('worker_threads');
const started = require('./cicd_started.cjs');

const NOTES = process.env.CICD_READS;
const ROOT = (process.env.CICD_READS_ROOT || '').replace(/\/+$/, '') + '/';
const SINCE = Number(process.env.CICD_READS_SINCE || 0) * 1000;
const SYSTEM = '/usr /lib /lib32 /lib64 /bin /sbin /etc /proc /sys /dev /run /nix /System /Library';
const real = {
  append: fs.appendFileSync, exists: fs.existsSync, lstat: fs.lstatSync, open: fs.openSync,
  realpath: fs.realpathSync, stat: fs.statSync, write: fs.writeSync, close: fs.closeSync,
  readdir: fs.readdirSync, readFile: fs.readFileSync,
};
const seen = new Set();
const listed = new Set();
const made = new Set();
const told = new Set();
let busy = false;

function note(...fields) {
  const escaped = fields.map((field) =>
    String(field).replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n'));
  const file = real.open(NOTES, 'a', 0o600);
  try {
    real.write(file, escaped.join('\t') + '\n');
  } finally {
    real.close(file);
  }
}

// What cannot be understood must not disturb a test; what we ask for ourselves is no read.
function quietly(work) {
  if (busy) return;
  busy = true;
  try {
    work();
  } catch {
    // Nothing to tell.
  } finally {
    busy = false;
  }
}

function under(name, folders) {
  return folders.some((folder) => name.startsWith(folder));
}

function fineFolders() {
  const system = SYSTEM.split(' ').map((name) => name + '/');
  const node = path.dirname(path.dirname(process.execPath)) + '/';
  const wanted = [...system, node, path.resolve(__dirname, '../..') + '/'];
  const given = wanted.filter((name) => name !== '/' && !name.startsWith(ROOT));
  const around = given.filter((name) => ROOT.startsWith(name));
  const beside = around.flatMap((name) => real.readdir(name).map((one) => name + one + '/'));
  return [...given, ...beside].filter((name) => !ROOT.startsWith(name));
}

const FINE = fineFolders();
const TEMPORARY = [process.env.TMPDIR, '/tmp', '/var/tmp', '/private/tmp']
  .filter(Boolean).map((name) => name.replace(/\/+$/, '') + '/');
// What lies beside the repository in such a folder is not temporary.
const BESIDE = TEMPORARY.filter((name) => ROOT.startsWith(name))
  .map((name) => name + ROOT.slice(name.length).split('/')[0] + '/');

function isTemporary(name) {
  if (!under(name, TEMPORARY) || under(name + '/', BESIDE)) return false;
  const top = TEMPORARY.filter((one) => name.startsWith(one));
  if (top.some((one) => name.slice(one.length).includes('/'))) return true;
  const about = real.lstat(name, { throwIfNoEntry: false });
  return !about || about.isDirectory() || about.ctimeMs >= SINCE;
}

function isFine(name) {
  if (name === NOTES || name.includes('/node_modules/')) return true;
  if (name.startsWith(ROOT)) return name.startsWith(ROOT + '.cicd/');
  return under(name, FINE) || isTemporary(name);
}

function plain(given) {
  if (given instanceof URL) given = require('url').fileURLToPath(given);
  if (Buffer.isBuffer(given)) given = given.toString();
  return typeof given === 'string' ? path.resolve(given) : null;
}

function read(given) {
  quietly(() => {
    const name = plain(given);
    if (name === null || seen.has(name)) return;
    seen.add(name);
    if (isFine(name)) return;
    const about = real.stat(name, { throwIfNoEntry: false });
    if (about && about.isDirectory()) return;
    const target = about ? real.realpath(name) : name;
    if (!made.has(target) && !isFine(target)) note('R', about ? 'there' : 'absent', target);
  });
}

function list(given) {
  quietly(() => {
    const name = plain(given);
    if (name === null || listed.has(name) || isFine(name)) return;
    if (started.looksForTests(new Error().stack)) return;
    listed.add(name);
    if (real.exists(name)) note('L', real.realpath(name));
  });
}

function make(given) {
  quietly(() => {
    const name = plain(given);
    if (name === null || seen.has(name)) return;
    seen.add(name);
    const known = made.has(path.dirname(name));
    made.add(name);
    if (!known && !isFine(name)) note('W', name);
  });
}

function opened(given, flags) {
  const text = flags === undefined || flags === null ? 'r' : flags;
  const { O_ACCMODE = 3, O_TRUNC } = fs.constants;
  const reads = typeof text === 'number' ? (text & O_ACCMODE) === 0 : /^r?s?r$|^rs$/.test(text);
  if (reads) return read(given);
  const empties = typeof text === 'number' ? text & O_TRUNC : text.startsWith('w');
  const name = plain(given);
  if (name === null) return undefined;
  if (empties || !real.exists(name)) return make(name);
  const both = typeof text === 'number' ? (text & O_ACCMODE) === 2 : text.includes('+');
  return both ? read(name) : undefined;
}

function flagOf(options, usual) {
  return (options && typeof options === 'object' && (options.flag || options.flags)) || usual;
}

// Each function that leads to content, and what is to be noted of its arguments.
const FUNCTIONS = {
  readFile: (given, options) => opened(given, flagOf(options, 'r')),
  open: (given, flags) => opened(given, typeof flags === 'function' ? 'r' : flags),
  openAsBlob: read,
  copyFile: (from, to) => { read(from); make(to); },
  cp: (from, to) => { read(from); make(to); },
  rename: (from, to) => {
    const name = plain(from);
    const about = name && real.stat(name, { throwIfNoEntry: false });
    read(from);
    if (!about || !about.isDirectory() || made.has(name)) make(to);
  },
  link: (from, to) => { read(from); make(to); },
  readdir: list,
  opendir: list,
  mkdir: (given) => { const name = plain(given); if (name && !real.exists(name)) make(name); },
  writeFile: (given, _, options) => opened(given, flagOf(options, 'w')),
  appendFile: (given) => opened(given, 'a'),
  createReadStream: (given, options) => opened(given, flagOf(options, 'r')),
  createWriteStream: (given, options) => opened(given, flagOf(options, 'w')),
};

function wrap(owner, name, before) {
  const original = owner[name];
  if (typeof original !== 'function') return;
  const wrapped = function (...given) {
    try { before.apply(this, given); } catch { /* nothing to tell */ }
    return new.target ? Reflect.construct(original, given) : original.apply(this, given);
  };
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype') wrapped.prototype = original.prototype;
    else Object.defineProperty(wrapped, key, Object.getOwnPropertyDescriptor(original, key));
  }
  Object.defineProperty(owner, name, { ...Object.getOwnPropertyDescriptor(owner, name), value: wrapped });
}

function tell(...fields) {
  const text = fields.join('\t');
  if (!told.has(text)) {
    told.add(text);
    quietly(() => note(...fields));
  }
}

function watchFiles() {
  for (const [name, before] of Object.entries(FUNCTIONS)) {
    wrap(fs, name, before);
    wrap(fs, name + 'Sync', before);
    wrap(fs.promises, name, before);
  }
}

function watchModules() {
  const Module = require('module');
  const load = Module.prototype.load;
  Module.prototype.load = function (name) {
    read(name);
    return load.call(this, name);
  };
  const { pathToFileURL, fileURLToPath } = require('url');
  if (Module.registerHooks) {
    Module.registerHooks({
      load(url, context, next) {
        if (url.startsWith('file:')) read(fileURLToPath(url));
        return next(url, context);
      },
    });
  } else if (Module.register && isMainThread) {
    Module.register(pathToFileURL(path.join(__dirname, 'cicd_loaded.mjs')));
  }
  Module.syncBuiltinESMExports();
}

function watchPrograms() {
  const processes = require('child_process');
  // `spawn`, `exec`, `execFile` and `fork` come by here, and the others do not.
  wrap(processes.ChildProcess.prototype, 'spawn', (options) => {
    const words = options.args || [options.file];
    tellStarted(started.unwatched(options.file, words.slice(1), env(options.envPairs)));
  });
  for (const name of ['spawnSync', 'execFileSync', 'execSync']) {
    wrap(processes, name, (file, words, options) => {
      const last = [options, words].find((one) => one && typeof one === 'object' && !Array.isArray(one));
      const given = { ...((last && last.env) || process.env) };
      const list = Array.isArray(words) ? words : [];
      const shell = name === 'execSync' || (last && last.shell);
      const found = shell ? started.unwatched('/bin/sh', ['-c', [file, ...list].join(' ')], given)
        : started.unwatched(file, list, given);
      tellStarted(found);
    });
  }
}

function tellStarted(programs) {
  for (const name of programs) {
    if (name === started.DEAF) tell('U', 'a script sets NODE_OPTIONS: NODE_OPTIONS="$NODE_OPTIONS …" continues it');
    else tell('P', name);
  }
}

function env(pairs) {
  const found = {};
  for (const pair of pairs || []) {
    const at = pair.indexOf('=');
    found[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return pairs ? found : process.env;
}

function watchNetwork() {
  const isLoopback = (host) => !host || /^(localhost(\..*)?|127\..*|::1?|0\.0\.0\.0|::ffff:127\..*)$/.test(host)
    || host.endsWith('.localhost') || host === require('os').hostname();
  const connect = (host, port) => { if (!isLoopback(host)) tell('N', host, port === undefined ? '' : port); };
  wrap(require('net').Socket.prototype, 'connect', (...given) => {
    let [first, second] = Array.isArray(given[0]) ? given[0] : given;
    if (first && typeof first === 'object') {
      if (!first.path) connect(first.host, first.port);
    } else if (!Number.isNaN(Number(first))) {
      connect(typeof second === 'string' ? second : '', first);
    }
  });
  const dns = require('dns');
  for (const owner of [dns, dns.promises]) {
    for (const name of Object.keys(owner)) {
      if (/^(lookup|resolve.*)$/.test(name)) wrap(owner, name, (host) => /^[\d.]+$|:/.test(host) || connect(host));
    }
  }
  wrap(require('dgram').Socket.prototype, 'connect', (port, host) => connect(typeof host === 'string' ? host : '', port));
  wrap(require('dgram').Socket.prototype, 'send', (...given) => {
    const host = given.filter((one) => typeof one === 'string').pop();
    if (host && given.length > 2) connect(host);
  });
}

if (NOTES) {
  const manager = started.isManager(process.argv[1]);
  if (isMainThread) note('V', process.pid, process.ppid, manager ? 'manager' : 'node', process.argv[1] || '');
  watchPrograms();
  if (!manager) {
    watchFiles();
    watchNetwork();
    watchModules();
    if (process.argv[1] && isMainThread) read(process.argv[1]);
  }
}
