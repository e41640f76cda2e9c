import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Makes a release in this folder as `npm run build` does: what is measured is what runs in production. */
export function buildRelease(folder: string): void {
  execFileSync(process.execPath, [join(root, 'scripts/build.ts'), folder], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
}
