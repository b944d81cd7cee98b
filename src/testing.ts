export {
  tokenStoreSuite,
  type SpecRunner,
  type TokenStoreSuiteOptions,
} from './testing/store-suite/token-store-suite';
