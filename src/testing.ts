export { onceStoreSuite } from './testing/store-suite/once-store-suite';
export {
  tokenStoreSuite,
  type SpecRunner,
  type TokenStoreSuiteOptions,
} from './testing/store-suite/token-store-suite';
