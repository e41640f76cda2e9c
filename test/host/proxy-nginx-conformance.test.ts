import { proxyConformance } from './proxy-conformance.ts'

proxyConformance('nginx', ['user', 'https'])
