import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

/* Where the program's own parts lie. In the tree Node runs the sources; a release (`npm run build`) has the same folders, with .js in them. */

const isBundle = !import.meta.url.endsWith('.ts')

/** The commands that come with jailops. */
export const ourCommands = fileURLToPath(new URL('../../commands', import.meta.url))

/** The templates of jails that come with jailops. */
export const ourTemplates = fileURLToPath(new URL('../../templates', import.meta.url))

/** What one's own commands get for `import 'jailops'` and `import 'zod'`: the very modules that we use. */
export const importable = new Map([
  ['jailops', new URL(isBundle ? '../core/index.js' : '../core/index.ts', import.meta.url).href],
  ['zod', isBundle ? new URL('../zod.js', import.meta.url).href : import.meta.resolve('zod')],
])

/** What starts another process of jailops. */
export const mainFile = fileURLToPath(new URL(isBundle ? 'main.js' : 'main.ts', import.meta.url))

/** Of jailops itself. */
export const version = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version
