import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { dayOfCharts } from '../chat/chart/example-charts.ts'
import { readPng } from '../chat/chart/read-png.ts'
import { jailops, projectFolder } from '../support/house.ts'

/* The release: what is in it runs without node_modules and without the sources. */

const folder = mkdtempSync(join(tmpdir(), 'jailops-release-'))
const release = join(folder, 'dist')
const run = (...args: string[]) => jailops(args, { program: join(release, 'bin/jailops.cjs'), cwd: folder })

beforeAll(() => {
  execFileSync(process.execPath, [join(projectFolder, 'scripts/build.ts'), release], { stdio: ['ignore', 'ignore', 'inherit'] })
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('has no packages beside it, and no sources', () => {
  expect(existsSync(join(release, 'node_modules'))).toBe(false)
  expect(readdirSync(release, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))).toEqual([])
})

it('carries the templates that come with jailops', () => {
  expect(readdirSync(join(release, 'templates'))).toEqual(readdirSync(join(projectFolder, 'templates')))
})

it('knows every command that the tree knows, and one’s own beside them', async () => {
  mkdirSync(join(folder, 'own'))
  writeFileSync(
    join(folder, 'own/count.mjs'),
    `import { defineCommand } from 'jailops'
import { z } from 'zod'
export default defineCommand({ path: 'count', summary: 'Count', permission: 'count', risk: 'read', needs: [], args: z.object({}), query: () => ({ title: '1' }) })
`,
  )
  writeFileSync(join(folder, 'jailops.yaml'), `commands: [${folder}/own]\n`)
  const [ours, tree] = await Promise.all([
    run('slack', 'manifest', '--config', join(folder, 'jailops.yaml')),
    jailops(['slack', 'manifest']),
  ])
  expect([ours.code, commandsIn(ours.stdout).toSorted()]).toEqual([0, [...commandsIn(tree.stdout), '/count'].toSorted()])
})

it('draws a picture with what it has beside it', async () => {
  const folderOfParts = join(release, 'src/cli')
  const part = readdirSync(folderOfParts).find(
    (name) => name.endsWith('.js') && readFileSync(join(folderOfParts, name), 'utf8').includes('resvg.wasm'),
  )
  const made: unknown = await import(pathToFileURL(join(folderOfParts, part ?? '')).href)
  const drawPng = Object.values(z.record(z.string(), z.unknown()).parse(made)).find(
    (one) => typeof one === 'function' && one.name === 'drawPng',
  )
  if (typeof drawPng !== 'function') throw new Error('the release exports no drawPng')
  const png = readPng(z.instanceof(Uint8Array).parse(await drawPng(dayOfCharts)))
  expect(png.width).toBe(1200)
  expect(png.ink({ left: 16, top: 8, width: 300, height: 30 })).toBeGreaterThan(300)
})

it.each(['slack-server', 'discord-server', 'ssh-hosts'])('says that it has no %s', async (what) => {
  const dev = await run('dev', what)
  expect(dev).toMatchObject({ code: 2, stderr: expect.stringContaining('not in a release') })
})

function commandsIn(manifest: string): string[] {
  return JSON.parse(manifest).features.slash_commands.map(({ command }: { command: string }) => command)
}
