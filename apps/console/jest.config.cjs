const { angularProject } = require('../../libs/console-ui/jest.angular.cjs');

module.exports = angularProject('console', __dirname);
