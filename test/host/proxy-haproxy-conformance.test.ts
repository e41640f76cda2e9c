import { proxyConformance } from './proxy-conformance.ts'

proxyConformance('haproxy')
