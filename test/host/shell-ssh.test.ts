import { sshConformance } from './shell-ssh-conformance.ts'

sshConformance('sh')
