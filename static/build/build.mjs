// Makes js/vendor/age.js from the packages that package-lock.json pins. Called
// by build.sh, which installs them first.
//
// Two things are left out: kinds of keys that we refuse anyway (X25519 alone,
// passphrases, tags), and the curves that only those need. That is a promise
// too: the page cannot seal to a key whose lock would not hold. One thing is
// changed: how long sums let the page breathe.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const out = new URL("../js/vendor/age.js", import.meta.url);
const licence = new URL("../js/vendor/LICENSE", import.meta.url);
const sum = new URL("../js/vendor/age.js.sha256", import.meta.url);

/** Replaces text that must be there: a new version of a package is looked at again. */
const swap = (text, from, to) => {
  if (!text.includes(from)) throw new Error(`not found any more: ${from}`);
  return text.replaceAll(from, to);
};

const refused = (names) =>
  names.map((n) => `class ${n} { constructor() { throw new Error("this kind of key is not used here"); } }`).join("\n");

const edits = [
  [/age-encryption\/dist\/index\.js$/, (t) => {
    t = swap(t, 'import { ScryptIdentity, ScryptRecipient } from "./recipients.js";', refused(["ScryptIdentity", "ScryptRecipient"]));
    t = swap(t, 'import { X25519Identity, X25519Recipient } from "./recipients.js";', refused(["X25519Identity", "X25519Recipient"]));
    t = swap(t, 'import { TagRecipient, HybridTagRecipient } from "./recipients.js";', refused(["TagRecipient", "HybridTagRecipient"]));
    return t;
  }],
  [/age-encryption\/dist\/x25519\.js$/, () =>
    'const no = () => { throw new Error("this kind of key is not used here"); };\nexport const scalarMult = no, scalarMultBase = no;'],
  [/@noble\/post-quantum\/hybrid\.js$/, (t) => {
    for (const call of ["QSF(", "createKitchenSink("]) t = swap(t, `= ${call}`, `= /* @__PURE__ */ ${call}`);
    return swap(t, "ecdhKem(p", "/* @__PURE__ */ ecdhKem(p");
  }],
  // Deriving keys takes seconds on a weak phone. scheduler.yield comes back
  // before any timer, so that nothing could stop it; a message waits its turn.
  [/@noble\/hashes\/utils\.js$/, (t) => {
    t = swap(t, "typeof host.scheduler?.yield === 'function'", "false");
    return swap(t, "new Promise((resolve) => host.setTimeout(resolve, 0))",
      "new Promise((resolve) => { const c = new MessageChannel(); c.port1.onmessage = () => { c.port1.close(); resolve(); }; c.port2.postMessage(0); })");
  }],
  [/@noble\/curves\/nist\.js$/, () => "export const p256 = undefined, p384 = undefined;"],
];

const slim = {
  name: "slim",
  setup(b) {
    b.onLoad({ filter: /node_modules\/(age-encryption|@noble)\/.*\.js$/ }, async (args) => {
      const text = await readFile(args.path, "utf8");
      const edit = edits.find(([path]) => path.test(args.path));
      return { contents: edit ? edit[1](text) : text, loader: "js" };
    });
  },
};

const result = await build({
  entryPoints: [new URL("entry.js", import.meta.url).pathname],
  bundle: true, format: "esm", minify: true, target: ["chrome93", "safari15.4", "firefox102"],
  legalComments: "none", write: false, plugins: [slim], metafile: true,
  absWorkingDir: new URL(".", import.meta.url).pathname,
  banner: { js: "// Made by static/build/build.sh from the packages named in LICENSE. Do not edit." },
});
if (process.argv.includes("--sizes")) {
  const inputs = Object.entries(Object.values(result.metafile.outputs)[0].inputs);
  for (const [name, { bytesInOutput: n }] of inputs.sort((a, b) => b[1].bytesInOutput - a[1].bytesInOutput)) console.log(n, name);
}

/** The licences of what is inside, one after the other. */
async function licences() {
  const dirs = new Set(Object.values(result.metafile.outputs).flatMap((o) => Object.entries(o.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([name]) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1]).filter(Boolean));
  const parts = await Promise.all([...dirs].sort().map(async (dir) => {
    const { name, version, license } = JSON.parse(await readFile(new URL(`${dir}/package.json`, import.meta.url), "utf8"));
    return `${name} ${version} (${license})\n\n${(await readFile(new URL(`${dir}/LICENSE`, import.meta.url), "utf8")).trim()}\n`;
  }));
  return `age.js holds parts of the packages below, each under its own licence.\n\n${parts.join("\n" + "-".repeat(72) + "\n\n")}`;
}

const body = result.outputFiles[0].contents;
const line = `${createHash("sha256").update(body).digest("hex")}  age.js\n`;
if (process.argv.includes("--update")) {
  await writeFile(out, body);
  await writeFile(sum, line);
  await writeFile(licence, await licences());
} else if (line !== (await readFile(sum, "utf8")) || Buffer.compare(await readFile(out), body) !== 0 ||
  (await licences()) !== (await readFile(licence, "utf8"))) {
  console.error("static/js/vendor/age.js is not what the pinned packages give");
  process.exit(1);
}
console.log(line.trim(), body.length, "bytes");
