import { httpsByAuthority } from '../host/https-by-authority.ts'

httpsByAuthority('nginx')
