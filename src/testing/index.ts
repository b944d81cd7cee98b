export { tokenStoreSuite, type SpecRunner, type TokenStoreSuiteOptions } from './token-store-suite';
