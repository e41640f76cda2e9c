import { checkConfig } from '../../src/config/load.ts'
import type { ReadFile } from '../../src/config/secret-files.ts'

/** A disk with these files; `mode` is that of all of them. */
export function filesOf(files: Record<string, string>, mode = 0o100600): ReadFile {
  return (path) => {
    const text = files[path]
    return text === undefined ? undefined : { text, mode }
  }
}

export function checkText(text: string, files: Record<string, string> = {}, mode?: number) {
  return checkConfig({ file: 'jailops.yaml', environment: {}, readFile: filesOf({ ...files, 'jailops.yaml': text }, mode) })
}

export function checkEnvironment(environment: Record<string, string>, text = '', files: Record<string, string> = {}) {
  return checkConfig({ file: 'jailops.yaml', environment, readFile: filesOf({ ...files, 'jailops.yaml': text }) })
}
