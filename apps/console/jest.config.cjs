const { angularProject } = require('../../jest.angular.cjs');

module.exports = angularProject('console', __dirname);
