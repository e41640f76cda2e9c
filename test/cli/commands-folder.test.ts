import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jailops-commands-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
})

const module = new URL('../../src/cli/commands-folder.ts', import.meta.url).href
const answerSchema = z.strictObject({
  paths: z.array(z.string()).optional(),
  title: z.string().optional(),
  code: z.string().optional(),
  message: z.string().optional(),
})

/** In a process of its own, as in real life: a hook for imports is for good, and a test runner resolves by its own rules. */
function load(...folders: string[]): z.infer<typeof answerSchema> {
  const program = `import { loadCommands } from ${JSON.stringify(module)}
    const say = (answer) => process.stdout.write(JSON.stringify(answer))
    try {
      const commands = await loadCommands(${JSON.stringify(folders)})
      const own = commands.find((command) => command.path === 'site greet')
      const title = own === undefined ? undefined : own.query({ args: own.args.parse({ name: 'Ana' }), facts: {} }).title
      say({ paths: commands.map((command) => command.path), title })
    } catch (error) {
      say({ code: error.code, message: error.message })
    }`
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: '/', encoding: 'utf8' })
  return answerSchema.parse(JSON.parse(said))
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

const greet = (path = 'site greet') => `import { z } from 'zod'
import { defineCommand, jailName } from 'jailops'
const title: string = 'Hello'
export default defineCommand({
  path: '${path}',
  summary: 'Greet',
  permission: 'site.greet',
  risk: 'read',
  needs: [],
  args: z.object({ name: z.string() }),
  query: ({ args }) => ({ title: \`\${title} \${args.name} \${jailName.safeParse('blog').success}\` }),
})
`

describe('the folder of commands', () => {
  it('loads ours, in order', () => {
    const { paths = [] } = load()
    expect(paths).toEqual(paths.toSorted())
    expect(paths).toContain('jail create')
  })

  it('loads a user’s own from outside the tree, with our jailops and zod', () => {
    file('site/greet.ts', greet())
    file('node_modules/x/index.js', 'throw new Error()')
    file('.hidden/y.ts', 'throw new Error()')
    file('README.md', '')

    const { paths, title } = load(folder)

    expect(paths).toContain('site greet')
    expect(title).toBe('Hello Ana true')
  })

  it.each([
    ['that does not parse', 'export default {{', 'cannot be loaded'],
    ['that throws', 'throw new Error("no luck")', 'no luck'],
    ['that imports what is not there', 'import "not-there"\nexport default 1', 'not-there'],
    ['without a default export', 'export const a = 1', 'defineCommand'],
    ['whose default is no command', 'export default { path: "Jail Create" }', 'is no command'],
    ['with a bad path', greet('Site'), 'one to three lower-case words'],
  ])('refuses a file %s, and names it', (_, text, words) => {
    const path = file('broken.ts', text)

    const { code, message } = load(folder)

    expect(code).toBe('config_error')
    expect(message).toContain(path)
    expect(message).toContain(words)
  })

  it('refuses two of one path, and names both', () => {
    const path = file('create.ts', greet('jail create'))

    const { code, message } = load(folder)

    expect(code).toBe('config_error')
    expect(message).toContain(path)
    expect(message).toContain('commands/jail/create.ts')
  })

  it('refuses a folder that is not there', () => {
    expect(load(join(folder, 'nowhere'))).toMatchObject({ code: 'config_error', message: expect.stringContaining('nowhere') })
  })
})
