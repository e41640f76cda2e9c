import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { type GroupFiles, voidMark } from './group.ts'
import { errorCode, fileError } from './system-error.ts'

/** The group files of this very machine. */
export const localGroupFiles: GroupFiles = {
  claim: async (groupFile) => {
    try {
      await writeFile(groupFile, voidMark, { flag: 'wx' })
      return true
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false
      throw fileError(error, `write the group file ${groupFile}`)
    }
  },
  read: async (groupFile) => {
    const file = await open(groupFile, 'r')
    try {
      return { text: await file.readFile('utf8'), modifiedAt: (await file.stat()).mtimeMs }
    } finally {
      await file.close()
    }
  },
  takeOver: async (groupFile) => {
    const old = await open(groupFile, 'r')
    try {
      await writeFile(`${groupFile}.void`, voidMark)
      await rename(`${groupFile}.void`, groupFile)
      return await old.readFile('utf8')
    } finally {
      await old.close()
    }
  },
}

/** After a normal end; only the file of that very run, never another's mark. */
export async function forgetGroup(groupFile: string, group: number): Promise<void> {
  const line = await readFile(groupFile, 'utf8').catch(() => undefined)
  if (line === `${group}\n`) await rm(groupFile, { force: true })
}
