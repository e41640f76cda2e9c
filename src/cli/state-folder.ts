import { existsSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { absolutePath } from '../core/layout.ts'

/** Where a demo lives that was told nothing: in the project, or beside it where the project's path may not stand in configuration files. */
export function demoFolder(): string {
  const inProject = resolve('.jailops/demo')
  return absolutePath.safeParse(inProject).success ? inProject : join(tmpdir(), `jailops-demo-${userInfo().username}`)
}

/** Where a bot is that runs here, if there is one. */
export function botsFolder(): string | undefined {
  return [demoFolder(), '/var/db/jailops'].find((folder) => existsSync(join(folder, 'shell.json')))
}
