import { sshConformance } from '../host/shell-ssh-conformance.ts'

sshConformance('tcsh')
