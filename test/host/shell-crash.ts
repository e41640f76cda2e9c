// `node shell-crash.ts KIND WHERE FOLDER GROUPFILE ARGV…`: a worker that runs one command and is killed meanwhile by the test.
import { makeShell } from './shell-makers.ts'

const [kind = '', where = '', folder = '', groupFile = '', ...argv] = process.argv.slice(2)
const shell = await makeShell(kind, { programFolders: ['/bin', '/usr/bin'], jailRoots: `${folder}/jails` }, where)
await shell.run({ argv, groupFile, timeoutSeconds: 300 })
