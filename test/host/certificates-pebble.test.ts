import { httpsByAuthority } from './https-by-authority.ts'

httpsByAuthority('haproxy')
