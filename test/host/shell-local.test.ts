import { shellConformance } from './shell-conformance.ts'

shellConformance('local')
