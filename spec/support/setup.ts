import 'reflect-metadata';
import { getMetadataArgsStorage } from 'routing-controllers';

/** How many controllers there were before a test. All specs of the process share them. */
let before = 0;

export const mochaHooks = {
  beforeEach: (): void => {
    before = getMetadataArgsStorage().controllers.length;
  },
  /** A test keeps its controllers to itself: many are wrong on purpose, and some specs list all that there are. */
  afterEach: (): void => {
    const { controllers } = getMetadataArgsStorage();
    if (controllers.length > before) controllers.length = before;
  },
};
