/* Makes dist/ (or the folder that is named), a release that runs by itself: one bundle and the launcher, no node_modules. `npm run build` runs it. */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = resolve(root, process.argv[2] ?? 'dist')

const commands = readdirSync(join(root, 'commands'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
const entries = [
  ['src/cli/main', 'src/cli/main.ts'],
  // what one's own commands import
  ['src/core/index', 'src/core/index.ts'],
  ['src/zod', fileURLToPath(import.meta.resolve('zod'))],
  ...commands.map((name) => [`commands/${name.replace(/\.ts$/, '')}`, `commands/${name}`]),
]

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(entries),
  platform: 'node',
  resolve: { alias: { jailops: join(root, 'src/core/index.ts') } },
  // faster where they are, and not needed; the servers of `jailops dev` are no part of a release
  external: [/^(msgpackr-extract|zlib-sync|bufferutil|utf-8-validate)$/, /test\/(chat-servers|support)/],
  // discord.js evaluates scripts between its shards' processes; we have one process
  onLog: (level, log, next) => void (log.code === 'EVAL' || next(level, log)),
})
rmSync(target, { recursive: true, force: true })
const { output } = await bundle.write({
  dir: target,
  format: 'esm',
  minify: { compress: true, mangle: false },
  entryFileNames: '[name].js',
  // beside main, so that what a file finds relative to itself is the same in the tree and here
  chunkFileNames: 'src/cli/[name]-[hash].js',
})
await bundle.close()
// after the minifier, which writes characters as they are
for (const part of output) if (part.type === 'chunk') writeFileSync(join(target, part.fileName), ascii(part.code))

cpSync(join(root, 'src/chat/web/page'), join(target, 'src/cli/page'), { recursive: true })
cpSync(join(root, 'src/chat/chart/fonts'), join(target, 'src/cli/fonts'), { recursive: true })
cpSync(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')), join(target, 'src/cli/resvg.wasm'))
cpSync(join(root, 'templates'), join(target, 'templates'), { recursive: true })
cpSync(join(root, 'bin'), join(target, 'bin'), { recursive: true })
for (const name of ['LICENSE', 'README.md', 'CHANGELOG.md']) cpSync(join(root, name), join(target, name))
const { name, version, description, license, bin, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name, version, description, license, bin, type: 'module', engines }, undefined, 2)}\n`,
)
const bytes = output.reduce((sum, part) => sum + (part.type === 'chunk' ? part.code.length : 0), 0)
process.stdout.write(`${relative(process.cwd(), target)}: ${output.length} files, ${(bytes / 1e6).toFixed(1)} MB\n`)

/** V8 keeps a file with one wide character in it at two bytes a character: escaped, the bot's sources take half the memory. */
function ascii(code: string): string {
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
