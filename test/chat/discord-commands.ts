import approve from '../../commands/approve.ts'
import help from '../../commands/help.ts'
import create from '../../commands/jail/create.ts'
import list from '../../commands/jail/list.ts'
import add from '../../commands/proxy/add.ts'
import whoami from '../../commands/whoami.ts'

/** Some of the real ones: one word and two, arguments of each kind. */
export const commandsOfTests = [create, list, add, approve, help, whoami]
