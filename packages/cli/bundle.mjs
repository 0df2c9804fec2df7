// Writes dist/bundle: what tsc made of every package, and the libraries, in a few files. A process of an element loads two or three
// of them where it would load three hundred, so that a network starts in two thirds of the time (docs/decisions/0023-bundle.md).
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const compiled = new URL('dist/src/', import.meta.url);
const bundle = fileURLToPath(new URL('dist/bundle', import.meta.url));
const made = `${bundle}.new`;

/** What starts a process or a thread: `new URL('./NAME.js', import.meta.url)` finds it, so the files all lie in one folder. */
const ENTRIES = [
  'main',
  'element-process',
  'run/simulated-thread',
  'simulate/seed-worker',
  'simulate/seed-result',
];

/** CommonJS of the libraries asks for Node's own modules with `require`, which an ES module has not. */
const REQUIRE =
  "import { createRequire as requireOfBundle } from 'node:module';\nconst require = requireOfBundle(import.meta.url);";

/** xmlbuilder2 is loaded late with a `require` that esbuild does not know for one; without that line it does. */
const lateXmlBuilder = {
  name: 'late-xmlbuilder2',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]xml[/\\]dist[/\\]src[/\\]builder\.js$/ }, ({ path }) => {
      const line = 'const require = createRequire(import.meta.url);';
      const source = readFileSync(path, 'utf8');
      if (!source.includes(line)) {
        throw new Error(`${path}: where is \`${line}\`?`);
      }
      return { contents: source.replace(line, '') };
    });
  },
};

rmSync(made, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: ENTRIES.map((name) => fileURLToPath(new URL(`${name}.js`, compiled))),
  entryNames: '[name]',
  outdir: made,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  banner: { js: REQUIRE },
  external: ['pg-native'], // an option of pg that we do not take
  plugins: [lateXmlBuilder],
  metafile: true,
  logLevel: 'warning',
});
const left = Object.values(metafile.outputs)
  .flatMap(({ imports }) => imports)
  .filter(({ path, external }) => external && !isBuiltin(path) && path !== 'pg-native');
if (left.length > 0) {
  throw new Error(`not in the bundle: ${left.map(({ path }) => path).join(', ')}`);
}
// The report's own script is text to it, read where the bundle lies.
cpSync(new URL('../report/dist/src/page', import.meta.url), `${made}/page`, { recursive: true });
rmSync(bundle, { recursive: true, force: true });
renameSync(made, bundle);
