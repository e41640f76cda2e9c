import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

it.each(['slack-server', 'discord-server', 'ssh-hosts'])('says that it has no %s', async (what) => {
  const dev = await run('dev', what)
  expect(dev).toMatchObject({ code: 2, stderr: expect.stringContaining('not in a release') })
})

function commandsIn(manifest: string): string[] {
  return JSON.parse(manifest).features.slash_commands.map(({ command }: { command: string }) => command)
}
